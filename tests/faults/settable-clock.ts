// Imported before the app: its wall clock is off by the milliseconds that the file named by CLOCK_OFFSET_FILE says.
import { readFileSync } from "node:fs";

const wall = Date.now;
Date.now = () => wall() + Number(readFileSync(process.env["CLOCK_OFFSET_FILE"]!, "utf8"));
