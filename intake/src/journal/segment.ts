/** A segment of the journal as the running process knows it; shared by journal, recovery, cursor and inspector. Data only. */
export type Segment = {
  readonly name: string;
  readonly firstSeq: number;
  /** What is durable, head included; a file may be longer after a failed write. */
  bytes: number;
  /** Of the last durable record; `firstSeq - 1` without any. */
  lastSeq: number;
};

/** A place that holds no good record although it should. */
export type DamagedPlace = {
  readonly segment: string;
  readonly offset: number;
  /** Up to here, or to the end of the segment. */
  readonly nextOffset: number | null;
};

export function damageText({ segment, offset, nextOffset }: DamagedPlace): string {
  const where = nextOffset === null ? `from byte ${offset} to its end` : `bytes ${offset} to ${nextOffset}`;
  return `The journal is damaged in ${segment}, ${where}: what stood there is lost, the records behind it are read.`;
}
