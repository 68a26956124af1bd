import { type ComponentProps, type ReactNode, useId } from "react";

const CONTROL =
  "min-h-9 w-full min-w-0 rounded-panel border border-line bg-ground px-2.5 py-1.5 text-text placeholder:text-quiet hover:border-quiet aria-invalid:border-bad";

/** A labelled text field. `error` says what is wrong with what was typed. */
export function TextField({
  label,
  error,
  className = "",
  ...input
}: { label: string; error?: string | undefined } & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className={`min-w-0 ${className}`}>
      <Label htmlFor={id}>{label}</Label>
      <input id={id} {...invalid(id, error)} {...input} className={CONTROL} />
      <FieldError id={id} error={error} />
    </div>
  );
}

/** The same for text of several lines. */
export function TextAreaField({
  label,
  error,
  className = "",
  ...textarea
}: { label: string; error?: string | undefined } & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <div className={`min-w-0 ${className}`}>
      <Label htmlFor={id}>{label}</Label>
      <textarea id={id} rows={5} {...invalid(id, error)} {...textarea} className={CONTROL} />
      <FieldError id={id} error={error} />
    </div>
  );
}

function invalid(id: string, error: string | undefined) {
  return error ? { "aria-invalid": true, "aria-describedby": `${id}-error` } : {};
}

function FieldError({ id, error }: { id: string; error: string | undefined }) {
  return (
    error && (
      <p id={`${id}-error`} className="mt-1 text-small text-bad">
        {error}
      </p>
    )
  );
}

/** A labelled native choice. */
export function SelectField({
  label,
  error,
  className = "",
  children,
  ...select
}: { label: string; error?: string | undefined; children: ReactNode } & ComponentProps<"select">) {
  const id = useId();
  return (
    <div className={`min-w-0 ${className}`}>
      <Label htmlFor={id}>{label}</Label>
      {/* React does not move a select's choice when its default changes. */}
      <select
        key={String(select.defaultValue)}
        id={id}
        {...invalid(id, error)}
        {...select}
        className={CONTROL}
      >
        {children}
      </select>
      <FieldError id={id} error={error} />
    </div>
  );
}

function Label({ htmlFor, children }: { htmlFor: string; children: string }) {
  return (
    <label htmlFor={htmlFor} className="mb-1 block text-label text-quiet">
      {children}
    </label>
  );
}
