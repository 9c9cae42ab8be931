/** The tables of a program that unpacks them itself (runtime/support/unpack.ts): its linker packs them when this is imported. */
declare module "microlith:tables" {
  /** What they are packed to. */
  export const packed: Ptr<u8>;
  /** Where they belong, in memory of zeros, and their end. */
  export const tables: Ptr<u8>;
  export const tablesEnd: Ptr<u8>;
}
