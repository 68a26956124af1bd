import type { SqliteConnection } from "#db/connection.server.ts";

/** Runs work in a transaction and answers once it is on disk. */
type Commit = <T>(work: () => T) => Promise<T>;

export function oneTransactionEach(connection: SqliteConnection): Commit {
  return async (work) => connection.transaction(work).immediate();
}

/** Whatever has arrived by the next turn of the event loop shares one transaction, with a savepoint each. */
export function groupCommit(connection: SqliteConnection): Commit {
  let waiting: (() => () => void)[] = [];
  const begin = connection.prepare("begin immediate");
  const end = connection.prepare("commit");
  const flush = () => {
    const units = waiting;
    waiting = [];
    begin.run();
    const answers = units.map((unit) => unit());
    end.run();
    for (const answer of answers) answer();
  };
  return (work) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      // Inside a transaction this is a savepoint.
      const saved = connection.transaction(work);
      waiting.push(() => {
        try {
          const answer = saved();
          return () => resolve(answer);
        } catch (error) {
          return () => reject(error);
        }
      });
    });
}
