import type { Compilable, CompiledQuery, Kysely } from "kysely";

import type { Schema } from "./schema.ts";

/** Where a query takes one of the values that it is run with. */
class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is built once and run many times: building one costs more than SQLite takes to run it. `build` may only
 * pass the values on, as what is inserted, set or compared with; it never sees them.
 */
export function prepareQuery<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): (handle: Kysely<Schema>, values: Values) => Promise<Row[]> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (handle, values) => {
    compiled ??= build(handle, PARAMETERS as Values).compile();
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Parameter ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await handle.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}

const PARAMETERS = new Proxy({}, { get: (_target, name) => new Parameter(String(name)) });
