import { IntlMessageFormat } from 'intl-messageformat';

/** What the bot writes into a channel's chat, in every language that it speaks there. */
const words = {
  en: {
    begun:
      '{bot} is recording this voice channel, one track for each person. If you do not want to be recorded, leave the channel.',
    over: 'The recording is over. It lasted {length}.',
    'over-unknown': 'The recording is over.',
  },
  fr: {
    begun:
      '{bot} enregistre ce salon vocal, une piste par personne. Si vous ne voulez pas être enregistré, quittez le salon.',
    over: 'L’enregistrement est terminé. Il a duré {length}.',
    'over-unknown': 'L’enregistrement est terminé.',
  },
  ja: {
    begun:
      '{bot} がこのボイスチャンネルを録音しています。音声は一人ずつ別のトラックに保存されます。録音されたくない方は、チャンネルから退出してください。',
    over: '録音は終了しました。長さは {length} です。',
    'over-unknown': '録音は終了しました。',
  },
} as const;

type NoticeLanguage = keyof typeof words;
export type NoticeKey = keyof (typeof words)['en'];

/**
 * A notice in the language of `locale`, as Discord writes it (`fr`, `ja`, `en-US`), with English under it; in English
 * alone for every other language.
 */
export function noticeText(
  key: NoticeKey,
  locale: string,
  values: Readonly<Record<string, string>> = {},
): string {
  const language = languageOf(locale);
  const languages: readonly NoticeLanguage[] = language === 'en' ? ['en'] : [language, 'en'];
  return languages
    .map((one) => String(new IntlMessageFormat(words[one][key], one).format(values)))
    .join('\n\n');
}

function languageOf(locale: string): NoticeLanguage {
  const [language] = locale.split('-');
  return language === 'fr' || language === 'ja' ? language : 'en';
}
