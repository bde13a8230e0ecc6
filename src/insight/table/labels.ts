/** The few texts of a table that are not the user's own, in the reader's language. */
export interface TableLabels {
  input: string;
  output: string;
  /** Heading of the coefficients. */
  correlation: string;
  /** What a link to a run's web page reads. */
  open: string;
  /** In the place of rows, where there is none yet. */
  none: string;
}
