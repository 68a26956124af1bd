import { isRouteErrorResponse, useRouteError, useRouteLoaderData } from "react-router";

import { ErrorNote } from "#app/ui/notes.tsx";
import { PageTitle } from "#app/ui/page-title.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import type { PortalFrame } from "./shell/portal-frame.ts";

/** What `routeRefusal` throws. */
type Refusal = { code: string; message: string };

/** What is shown instead of a screen that failed; the error itself goes to the log only. */
export function PortalError() {
  const error = useRouteError();
  const frame = useRouteLoaderData<PortalFrame>("platform/portal/shell/layout");
  if (isRouteErrorResponse(error) && error.status === 404) {
    return (
      <>
        <PageTitle>Not found</PageTitle>
        <p>There is nothing at this address.</p>
      </>
    );
  }
  const refusal = isRouteErrorResponse(error) ? (error.data as Refusal | null) : null;
  const told = TOLD.get(refusal?.code ?? "");
  if (refusal && told) {
    return (
      <>
        <PageTitle>{told.title}</PageTitle>
        <div>
          <ErrorNote
            failed={refusal.message}
            happened={told.happened}
            todo={<TextLink to=".">Back to the page</TextLink>}
          />
        </div>
      </>
    );
  }
  // One that the browser made never reached the server, so the id at hand is an older answer's.
  const requestId = error instanceof TypeError ? undefined : frame?.requestId;
  return (
    <>
      <PageTitle>Something went wrong</PageTitle>
      <div>
        <ErrorNote
          failed="This page could not be shown."
          happened="Showing a page changes nothing. If you had just sent a form, look whether it was done before you send it again."
          todo={
            <TextLink to="." reloadDocument>
              Load the page again
            </TextLink>
          }
          requestId={requestId}
        />
      </div>
    </>
  );
}

/** Refusals that have words of their own. */
const TOLD = new Map([
  ["missing_scope", { title: "Not permitted", happened: "Nothing was changed." }],
  [
    "storage",
    {
      title: "Not stored",
      happened: "Going back in the browser brings back what was typed, to be sent again.",
    },
  ],
  ["body_too_large", { title: "Too large", happened: "Nothing was changed." }],
  ["too_many_requests", { title: "Too many at once", happened: "Nothing was changed." }],
  ["invalid_body", { title: "Not this page's form", happened: "Nothing was changed." }],
  ["unsupported_media_type", { title: "Not this page's form", happened: "Nothing was changed." }],
]);

/** The same without the portal around it, for what fails before there is one. */
export function PortalErrorPage() {
  return (
    <main className="mx-auto flex max-w-[40rem] flex-col gap-4 px-3 pb-8">
      <PortalError />
    </main>
  );
}
