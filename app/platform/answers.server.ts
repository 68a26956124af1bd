import type { RouterContextProvider } from "react-router";

import {
  type Asker,
  expectedFailure,
  jsonResponse,
  refusalOf,
  routeRefusal,
} from "#app/platform/http/refusals.server.ts";
import { logIds } from "#app/platform/http/request-context.server.ts";

import { platformContext } from "./context.server.ts";

type Context = Readonly<RouterContextProvider>;

/** Runs what a page's form asked for: what could not be stored, and expected failures, are thrown as refusals. */
export async function refuseInWords<T>(
  context: Context,
  run: () => Promise<T>,
  notStored = "This could not be stored, and nothing was changed.",
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const expected = expectedFailure(error, askerOf(context), notStored);
    throw expected ? routeRefusal(expected) : error;
  }
}

/** Runs a JSON route: expected failures become their answers, anything else goes on to the one place that logs it. */
export async function answerJson(context: Context, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    const answer = refusalOf(error, askerOf(context));
    if (!answer) throw error;
    return jsonResponse(answer);
  }
}

function askerOf(context: Context): Asker {
  return { log: context.get(platformContext).log, ids: logIds(context) };
}
