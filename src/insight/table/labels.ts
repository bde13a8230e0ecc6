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
  /** Below a table with times, which are shown without the platform's mark for UTC. */
  utc: string;
  /** Below a table in which a `?` stands for a rank. */
  noRank: string;
}
