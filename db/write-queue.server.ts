import { Kysely } from "kysely";

import type { SqliteConnection } from "./connection.server.ts";
import type { Schema } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import { UnitDialect } from "./unit-dialect.server.ts";

/** Inside a unit of work: the handle that reads and writes in its transaction. */
export type Tx = Kysely<Schema>;

type WriteOptions = {
  /** The caller's; once it is aborted the unit is not begun. One that has begun is finished. */
  signal?: AbortSignal;
  /** Milliseconds after which a unit that has not begun is refused. */
  maxWait?: number;
};

/**
 * Runs a unit of work and answers after it is on disk. All that `fn` wrote is kept, or, when it throws, nothing.
 * Await only the handle inside it: everybody else's writes wait meanwhile.
 *
 * @throws StorageError when it was not begun or could not be stored; else whatever `fn` threw.
 */
export type Write = <T>(fn: (tx: Tx) => Promise<T>, options?: WriteOptions) => Promise<T>;

type Unit = {
  fn: (tx: Tx) => Promise<unknown>;
  options: WriteOptions;
  queuedAt: number;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
};

type Outcome = { unit: Unit; value?: unknown; error?: unknown };

// A batch ends after so many units or so long, so that the first of it is not kept waiting for the last.
const MAX_UNITS = 256;
const MAX_BATCH_MS = 20;

/**
 * Group commit. Units that arrive at the same moment share one transaction, and so one fsync, with a savepoint each:
 * a failing unit undoes only itself, a failing COMMIT fails all of them.
 */
export class WriteQueue {
  readonly #connection: SqliteConnection;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #dialect: UnitDialect;
  readonly #unitTimeout: number;
  readonly #waiting: Unit[] = [];
  readonly kysely: Kysely<Schema>;
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(connection: SqliteConnection, { unitTimeout = 5000 }: { unitTimeout?: number } = {}) {
    this.#connection = connection;
    this.#statements = prepareStatements(connection);
    this.#dialect = new UnitDialect(connection);
    this.#unitTimeout = unitTimeout;
    this.kysely = new Kysely<Schema>({ dialect: this.#dialect });
  }

  readonly write: Write = (fn, options = {}) => {
    if (this.#closed) return Promise.reject(new StorageError("not_begun", "The database is closing."));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        fn,
        options,
        queuedAt: performance.now(),
        resolve: resolve as Unit["resolve"],
        reject,
      });
      this.#draining ??= new Promise<void>((done) => setImmediate(done)).then(() => this.#drain());
    });
  };

  /** Finishes what was queued, refuses what comes later, and closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
    await this.kysely.destroy();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#runBatch();
      // Everything above runs in microtasks: whoever writes in a loop would otherwise keep requests from being read.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#draining = undefined;
  }

  async #runBatch(): Promise<void> {
    const outcomes: Outcome[] = [];
    try {
      const until = performance.now() + MAX_BATCH_MS;
      while (outcomes.length < MAX_UNITS && performance.now() < until) {
        const unit = this.#next();
        if (!unit) break;
        if (outcomes.length === 0) this.#begin(unit);
        const outcome = await this.#run(unit);
        outcomes.push(outcome);
        // SQLite rolls the whole transaction back by itself when the disk is full or the file fails.
        if (!this.#connection.inTransaction) throw outcome.error;
      }
      if (outcomes.length > 0) this.#statements.commit.run();
    } catch (error) {
      this.#rollBack();
      const failure = new StorageError("failed", "The database could not store this.", { cause: error });
      for (const outcome of outcomes) outcome.error ??= failure;
    }
    for (const { unit, value, error } of outcomes) {
      if (error === undefined) unit.resolve(value);
      else unit.reject(asStorageError(error));
    }
  }

  #rollBack(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.exec("rollback");
    } catch {
      // The file refuses this, too: its units are told so, and the next batch cannot begin before it has worked.
    }
  }

  #begin(first: Unit): void {
    try {
      this.#statements.begin.run();
    } catch (error) {
      first.reject(new StorageError("failed", "The database could not begin.", { cause: error }));
      throw error;
    }
  }

  /** The next unit that is still wanted; the others are refused without a trace. */
  #next(): Unit | undefined {
    for (;;) {
      const unit = this.#waiting.shift();
      if (!unit) return undefined;
      const { signal, maxWait = Number.POSITIVE_INFINITY } = unit.options;
      if (signal?.aborted) unit.reject(new StorageError("not_begun", "The caller has gone."));
      else if (performance.now() - unit.queuedAt > maxWait)
        unit.reject(new StorageError("not_begun", "It waited too long."));
      else return unit;
    }
  }

  async #run(unit: Unit): Promise<Outcome> {
    const connection = this.#connection;
    let timer: NodeJS.Timeout | undefined;
    try {
      this.#statements.savepoint.run();
      const value = await Promise.race([
        this.kysely.connection().execute(unit.fn),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            // Refuses what the hanging unit may still send, and lets the others go on.
            this.#dialect.driver.current?.end();
            reject(new Error(`A unit of work took longer than ${this.#unitTimeout} ms.`));
          }, this.#unitTimeout);
        }),
      ]);
      this.#statements.release.run();
      return { unit, value };
    } catch (error) {
      if (connection.inTransaction) connection.exec("rollback to unit; release unit");
      return { unit, error: error ?? new Error("A unit of work failed without a reason.") };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Those of every unit; `exec` would parse them anew each time. */
function prepareStatements(connection: SqliteConnection) {
  return {
    begin: connection.prepare("begin immediate"),
    savepoint: connection.prepare("savepoint unit"),
    release: connection.prepare("release unit"),
    commit: connection.prepare("commit"),
  };
}

/** What the disk or the file refused is a storage failure; a broken constraint or a wrong statement is the unit's own. */
const STORAGE_CODE =
  /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB|PERM|PROTOCOL|NOLFS|NOMEM)/;

function asStorageError(error: unknown): unknown {
  if (error instanceof Error && "code" in error && STORAGE_CODE.test(String(error.code))) {
    return new StorageError("failed", "The database could not store this.", { cause: error });
  }
  return error;
}
