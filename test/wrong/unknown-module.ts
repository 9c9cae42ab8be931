// ML1104 1:19
// ML1104 2:19
import { x } from "./nowhere.ts";
import { y } from "microlith:nothing";
export function main(): i32 {
  return x + y;
}
