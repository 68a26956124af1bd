import type { z } from "zod";

/** What a form may send, by name: how often at most, and whether it is a file. */
export type FormFields = ReadonlyMap<string, { most: number; isFile: boolean }>;

/**
 * The names a form of this schema can send: `alert.title`, `mute[0].from`. An array of text is its name sent repeatedly,
 * a record is text that is still to be read, and `z.unknown()` is no field.
 *
 * @throws when an array of the schema has no `.max()`
 */
export function formFields(schema: z.core.$ZodType): FormFields {
  const known = cache.get(schema);
  if (known) return known;
  const fields = new Map<string, { most: number; isFile: boolean }>();
  collect(schema, "", 1, fields);
  cache.set(schema, fields);
  return fields;
}

const cache = new WeakMap<z.core.$ZodType, FormFields>();

type Collected = Map<string, { most: number; isFile: boolean }>;

function collect(schema: z.core.$ZodType, name: string, most: number, fields: Collected): void {
  const into = (inner: z.core.$ZodType, at = name, times = most) => collect(inner, at, times, fields);
  const def = defOf(schema);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- every other type is typed as text
  switch (def.type) {
    case "object":
      for (const [key, inner] of Object.entries(def.shape)) into(inner, name ? `${name}.${key}` : key);
      return;
    case "union":
      for (const option of def.options) into(option);
      return;
    case "optional":
    case "default":
      into(def.innerType);
      return;
    case "pipe":
      into(defOf(def.in).type === "transform" ? def.out : def.in);
      return;
    case "array": {
      const max = maxOf(def, name);
      if (defOf(def.element).type === "object")
        for (let index = 0; index < max; index += 1) into(def.element, `${name}[${index}]`);
      else into(def.element, name, max);
      return;
    }
    case "unknown":
      return;
    default:
      fields.set(name, {
        most: Math.max(most, fields.get(name)?.most ?? 0),
        isFile: def.type === "file" || fields.get(name)?.isFile === true,
      });
  }
}

/** `_zod` is where zod documents its definitions for libraries. */
function defOf(schema: z.core.$ZodType) {
  return (schema as z.core.$ZodTypes)["_zod"].def;
}

function maxOf({ checks = [] }: z.core.$ZodArrayDef, name: string): number {
  for (const { _zod } of checks) {
    const check = _zod.def as z.core.$ZodChecks["_zod"]["def"];
    if (check.check === "max_length") return check.maximum;
  }
  throw new Error(`The list ${name} of a form has no max().`);
}
