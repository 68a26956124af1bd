import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

import { cacheStatements, type SqliteConnection } from "./connection.server.ts";

/**
 * A dialect over one SQLite connection whose Kysely "connections" are units of work: each is told when it has ended
 * and refuses every query after that, so that a forgotten await cannot write into somebody else's unit.
 */
export class UnitDialect implements Dialect {
  readonly driver: UnitDriver;
  constructor(connection: SqliteConnection) {
    this.driver = new UnitDriver(connection);
  }
  createAdapter = () => new UnitAdapter();
  createDriver = () => this.driver;
  createIntrospector: Dialect["createIntrospector"] = (db) => new SqliteIntrospector(db);
  createQueryCompiler = () => new SqliteQueryCompiler();
}

class UnitAdapter extends SqliteAdapter {
  // Units are put in order by the write queue; Kysely's own mutex would let one that hangs hold up all others.
  override get supportsMultipleConnections() {
    return true;
  }
  // True of SQLite, but Kysely's adapter says no and would leave half of a failed migration behind.
  override get supportsTransactionalDdl() {
    return true;
  }
}

class UnitDriver implements Driver {
  readonly #statements: ReturnType<typeof cacheStatements>;
  /** The unit that runs now; only one does. */
  current: UnitConnection | undefined;

  constructor(connection: SqliteConnection) {
    this.#statements = cacheStatements(connection);
  }

  async init() {}

  async acquireConnection() {
    this.current = new UnitConnection(this.#statements);
    return this.current;
  }

  async beginTransaction(unit: UnitConnection) {
    await unit.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(unit: UnitConnection) {
    await unit.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(unit: UnitConnection) {
    await unit.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(unit: UnitConnection) {
    unit.end();
  }

  async destroy() {
    this.#statements.close();
  }
}

class UnitConnection implements DatabaseConnection {
  readonly #statements: ReturnType<typeof cacheStatements>;
  #ended = false;

  constructor(statements: ReturnType<typeof cacheStatements>) {
    this.#statements = statements;
  }

  end() {
    this.#ended = true;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#ended) throw new Error("This unit of work has ended; await every query inside it.");
    const statement = this.#statements.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
  }

  // eslint-disable-next-line require-yield
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error("Units of work do not stream; use the read handle.");
  }
}
