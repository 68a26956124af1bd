import { Form } from "react-router";

import { app } from "#app/app.ts";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";

export function SignInPage({ problem }: { problem: string | undefined }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-80 content-center gap-4 px-3">
      <h1 className="text-title font-semibold">{app.name} operator</h1>
      <Form method="post" className="grid gap-3">
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={1024}
          error={problem}
        />
        <Button type="submit" kind="primary">
          Sign in
        </Button>
      </Form>
    </main>
  );
}
