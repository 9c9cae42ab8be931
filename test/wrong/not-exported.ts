// ML1105 1:10
// ML1105 1:18
// ML1105 2:10
import { hidden, answr } from "./support/module.ts";
export { nothing } from "./support/module.ts";
export function main(): i32 {
  return hidden + answr;
}
