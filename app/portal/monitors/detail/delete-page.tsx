import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { Card } from "#app/ui/card.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

import { RecordHead } from "#app/platform/portal/record-head.tsx";
import { usePortalPath } from "#app/platform/portal/record-link.tsx";

export function DeleteMonitorPage({
  id,
  name,
  explanation,
  open,
}: {
  id: string;
  name: string;
  explanation: string;
  open: number;
}) {
  const portalPath = usePortalPath();
  const isSending = useNavigation().formMethod === "POST";
  return (
    <>
      <RecordHead kind="Delete monitor" id={id} />
      <Card className="max-w-xl space-y-3 p-4">
        <p className="font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="text-quiet">
          <bdi>{explanation}</bdi>
        </p>
        <p>
          {open === 0
            ? "It has no incident open."
            : `${open === 1 ? "Its open incident is" : `Its ${open} open incidents are`} closed, and alerts not raised yet are dropped.`}{" "}
          Alerts that were raised stay in Blnk Cloud as they are. Its history is kept, but no longer shown.
        </p>
        <Form method="post" className="flex flex-wrap items-center gap-4">
          <Button type="submit" kind="primary" name="change" value="delete" disabled={isSending}>
            Delete <bdi>{name}</bdi>
          </Button>
          <TextLink to={portalPath(`monitors/${id}`)}>Keep it</TextLink>
        </Form>
      </Card>
    </>
  );
}
