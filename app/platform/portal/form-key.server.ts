import { z } from "zod";

/** Minted with a form by its loader (`mintSecret(16)`): the same one sent twice is one thing. */
export const formKey = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
