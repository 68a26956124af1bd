import { notFoundPage } from "#app/ui/plain-page.server.ts";

export const loader = notFoundPage;
export const action = notFoundPage;
