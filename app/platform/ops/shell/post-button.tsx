import { Form } from "react-router";

import { Button } from "#app/ui/button.tsx";

/** One thing that is done by one click. */
export function PostButton({
  label,
  action,
  fields = {},
}: {
  label: string;
  action?: string;
  fields?: Record<string, string>;
}) {
  return (
    <Form method="post" {...(action && { action })}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit">{label}</Button>
    </Form>
  );
}
