// Time: the clock is of this century, a sleep takes as long as it says.
//
// expect: after 2024
// expect: slept

import { monotonicMilliseconds, print, sleep, unixTime } from "microlith/std";

export function main(): void {
  if (unixTime() > 1_704_067_200) print("after 2024\n");
  const before = monotonicMilliseconds();
  sleep(30);
  const milliseconds = monotonicMilliseconds() - before;
  if (milliseconds >= 30 && milliseconds < 5000) print("slept\n");
}
