// Bounds of what a definition may hold; shared by the forms, the judges and the editors.
/** Bounds of a definition. A larger one is refused, never cut. */
export const definitionLimits = {
  /** Bytes of one YAML file; parsing blocks the event loop, 2 MB take about a quarter of a second. */
  fileBytesMax: 2 * 1024 * 1024,
  /** Units of one root net, nested ones included (DESIGN 7 asks for 10,000). */
  unitsMax: 20_000,
  /** Depth of nested nets; deeper ones are unreadable on any screen. */
  depthMax: 16,
  commandBytesMax: 128 * 1024,
  environmentEntriesMax: 500,
  /** Aliases that a YAML file may expand; more is taken for an alias bomb. */
  yamlAliasesMax: 100,
} as const;
