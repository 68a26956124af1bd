/**
 * Loaded before the app in the process that the tests start: lets them move the process's wall clock forward instead of
 * waiting for a session to expire.
 */
const wall = Date.now;
let ahead = 0;
Date.now = () => wall() + ahead;

process.on("message", ({ moveForward }: { moveForward: number }) => {
  ahead += moveForward;
  process.send?.({ moved: moveForward });
});
