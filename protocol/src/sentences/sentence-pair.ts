// One sentence in the two languages of the product. The same `{places}` stand in both; the place that is wrong is named before the sentence, so
// English goes on from it ("is missing"), Japanese is a whole sentence (「必須です」).

export type SentencePair = { readonly en: string; readonly ja: string };
export type SentencePairs = Readonly<Record<string, SentencePair>>;
