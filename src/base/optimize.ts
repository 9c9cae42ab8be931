/** What the compiler prefers where small and quick are not the same. */
export type Optimize = "size" | "speed";
