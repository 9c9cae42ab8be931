/** The one page of a minimal server, as src/site/page.ts makes it. */
declare module "microlith:page" {
  /** The whole response, ready to be sent: head and content. */
  export const answer: Ptr<u8>;
  export const answerBytes: number;
  /** Where in it the last field and the empty line lie, with which every response ends its head. */
  export const closeOffset: number;
  export const closeBytes: number;
  /** The page's path, as requests have it. */
  export const path: Ptr<u8>;
  export const pathBytes: number;
}
