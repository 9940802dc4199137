export async function runImport(..._given: readonly unknown[]): Promise<void> {}
