export async function runExport(..._given: readonly unknown[]): Promise<void> {}
