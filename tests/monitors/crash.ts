/** The end of a process at one of its awaits: from then on nothing that it asks for is done, and nothing is answered. */
export class Crash {
  /** Awaits so far; each has a moment before it is done and one after, before the answer arrives. */
  moments = 0;
  readonly #at: number;

  constructor(at = Infinity) {
    this.#at = at;
  }

  get happened(): boolean {
    return this.moments >= this.#at;
  }

  #pass(): void {
    this.moments += 1;
    if (this.happened) throw new Crashed();
  }

  /** The object with every method, and those of its parts, ending at the moment of the crash. */
  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name, receiver) => {
        const value: unknown = Reflect.get(object, name, receiver);
        if (typeof value === "function")
          return (...parameters: unknown[]) =>
            this.#follow((value as (...p: unknown[]) => unknown).apply(object, parameters), () =>
              this.#pass(),
            );
        return typeof value === "object" && value !== null ? this.wrap(value) : value;
      },
    });
  }

  /** One unit of work or one call; `run` is not even begun when the process has ended before. */
  async step<T>(run: () => Promise<T>): Promise<T> {
    this.#pass();
    const answer = await run();
    this.#pass();
    return answer;
  }

  #follow(result: unknown, pass: () => void): unknown {
    if (result instanceof Promise) {
      // Whoever waited for it is gone.
      result.catch(() => undefined);
      pass();
      return result.then((answer: unknown) => {
        pass();
        return answer;
      });
    }
    if (typeof result === "object" && result !== null && Symbol.asyncIterator in result)
      return followPages(result as AsyncIterable<unknown>, pass);
    return result;
  }
}

class Crashed extends Error {
  override readonly name = "Crashed";
}

async function* followPages(pages: AsyncIterable<unknown>, pass: () => void) {
  pass();
  for await (const page of pages) {
    pass();
    yield page;
  }
}
