// The parsed arguments of one command, asked for by name and kind. Asking for a name that the command's record does not have is a
// defect and throws.
import assert from 'node:assert/strict';
import type { CommandSpec, OptionSpec } from '../commands/command.ts';

export type ParsedValues = {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positionals: ReadonlyMap<string, readonly string[]>;
};

/** Values as checked by the parser: integers are integers, choices are among the choices. */
export class Arguments {
  readonly #specs: Readonly<Record<string, OptionSpec>>;
  readonly #command: CommandSpec;
  readonly #values: ParsedValues;

  constructor(command: CommandSpec, specs: Readonly<Record<string, OptionSpec>>, values: ParsedValues) {
    this.#command = command;
    this.#specs = specs;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#option(name, 'flag').length > 0;
  }

  text(name: string): string | undefined {
    return this.#option(name, 'text')[0];
  }

  texts(name: string): readonly string[] {
    return this.#option(name, 'text');
  }

  integer(name: string): number | undefined {
    const value = this.#option(name, 'integer')[0];
    return value === undefined ? undefined : Number(value);
  }

  /** A positional that the command demands. */
  positional(name: string): string {
    const value = this.positionals(name)[0];
    assert(value !== undefined, `${this.#command.name}: positional ${name} is not demanded by its record`);
    return value;
  }

  positionals(name: string): readonly string[] {
    assert(
      this.#command.positionals.some((positional) => positional.name === name),
      `${this.#command.name} has no positional ${name}`,
    );
    return this.#values.positionals.get(name) ?? [];
  }

  #option(name: string, type: OptionSpec['type']): readonly string[] {
    assert.equal(this.#specs[name]?.type, type, `${this.#command.name}: option ${name} as ${type}`);
    return this.#values.options.get(name) ?? [];
  }
}
