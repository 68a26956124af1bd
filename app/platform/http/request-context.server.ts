import { createContext, type RouterContextProvider } from "react-router";

/** What the connection says of this request. */
export type RequestInfo = {
  id: string;
  address: string;
};

export const requestContext = createContext<RequestInfo>();
/** Whose request it is, once that is known. */
export const installContext = createContext<string | null>(null);

/** What a line of the log says of the request that it is about. */
export type LogIds = { request_id: string; installed_app_id?: string | undefined };

export function logIds(context: Readonly<RouterContextProvider>): LogIds {
  return {
    request_id: context.get(requestContext).id,
    installed_app_id: context.get(installContext) ?? undefined,
  };
}
