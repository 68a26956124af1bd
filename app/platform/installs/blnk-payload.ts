import { z } from "zod";

/** Blnk's ids are opaque; the shape only keeps out what could not be one. */
export const blnkId = z
  .string("must be a string")
  .regex(/^[A-Za-z0-9_-]{1,128}$/, "must be 1 to 128 letters, digits, _ or -");

/** A field of older payloads that nothing rests on: kept when it is there, never a reason to refuse an event. */
export const optionalId = blnkId.optional().catch(undefined);
