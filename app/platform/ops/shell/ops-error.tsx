import { isRouteErrorResponse, useRouteError } from "react-router";

import { ErrorNote } from "#app/ui/notes.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { OpsPage } from "./ops-page.tsx";

/** What is shown instead of an operator's screen that failed; the error itself is in the log. */
export function OpsError() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404)
    return (
      <OpsPage title="Not found">
        <p>There is nothing at this address.</p>
      </OpsPage>
    );
  const stored = isRouteErrorResponse(error) && error.status === 503;
  const refusal = isRouteErrorResponse(error) ? (error.data as { message?: string } | null) : null;
  return (
    <OpsPage title="Something went wrong">
      <ErrorNote
        failed={
          stored
            ? "The database could not store this."
            : (refusal?.message ?? "This page could not be shown.")
        }
        happened={refusal?.message ? "Nothing was changed." : "Whether anything was changed is in the audit."}
        todo={
          <TextLink to="." reloadDocument>
            Load the page again
          </TextLink>
        }
      />
    </OpsPage>
  );
}
