/** Whether a platform has ever answered well to one key, since this process began to poll it. */
export interface Reachability {
  reached: boolean;
}
