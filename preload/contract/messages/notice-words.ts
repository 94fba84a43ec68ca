import { IntlMessageFormat } from 'intl-messageformat';
import { outsideValues } from '../outside-text.ts';

/** What the bot writes into a channel's chat, and answers there, in every language that it speaks there. */
const words = {
  en: {
    begun:
      '{bot} is recording this voice channel, one track for each person. If you do not want to be recorded, leave the channel.',
    'begun-buttons':
      '{bot} is recording this voice channel, one track for each person. If you do not want to be recorded, press “Don’t record me”.',
    'begun-ask':
      '{bot} is about to record this voice channel, one track for each person. Only people who press “Record me” are recorded.',
    'button.agree': 'Record me',
    'agreed-no-more': 'From now on you are not recorded by {bot} any more.',
    over: 'The recording is over. It lasted {length}.',
    'over-unknown': 'The recording is over.',
    'button.stop': 'Stop recording',
    'button.refuse': 'Don’t record me',
    'button.kept': 'What is kept?',
    'button.erase': 'Also delete what you have',
    'over-press': 'That recording is over.',
    stopped: 'The recording ends now. What was said until here is saved.',
    'stop-refused': 'Only people in the voice channel can stop the recording.',
    refused:
      'From now on nothing that you say is recorded by {bot} on this server, in later recordings too. Press the same button again to change that.',
    'recorded-again': 'From now on you are recorded by {bot}.',
    'left-out-still': 'You are left out of this recording by the person who runs {bot}.',
    'erase-later':
      'Press “Don’t record me” first: what is deleted would be recorded again otherwise.',
    erased: 'What this recording had of you is deleted.',
    kept: '{bot} keeps one sound file for each person, with names, times and who was there, on the computer of the person who runs it, until that person deletes them. Nothing is sent anywhere else. To have your part deleted, press “Don’t record me” and then “Also delete what you have”, or ask that person.',
  },
  fr: {
    begun:
      '{bot} enregistre ce salon vocal, une piste par personne. Si vous ne voulez pas être enregistré, quittez le salon.',
    'begun-buttons':
      '{bot} enregistre ce salon vocal, une piste par personne. Si vous ne voulez pas être enregistré, appuyez sur « Ne pas m’enregistrer ».',
    'begun-ask':
      '{bot} va enregistrer ce salon vocal, une piste par personne. Seules les personnes qui appuient sur « M’enregistrer » sont enregistrées.',
    'button.agree': 'M’enregistrer',
    'agreed-no-more': 'À partir de maintenant, {bot} ne vous enregistre plus.',
    over: 'L’enregistrement est terminé. Il a duré {length}.',
    'over-unknown': 'L’enregistrement est terminé.',
    'button.stop': 'Arrêter l’enregistrement',
    'button.refuse': 'Ne pas m’enregistrer',
    'button.kept': 'Qu’est-ce qui est gardé ?',
    'button.erase': 'Supprimer aussi ce qui existe',
    'over-press': 'Cet enregistrement est terminé.',
    stopped: 'L’enregistrement s’arrête maintenant. Ce qui a été dit jusqu’ici est sauvegardé.',
    'stop-refused':
      'Seules les personnes présentes dans le salon vocal peuvent arrêter l’enregistrement.',
    refused:
      'À partir de maintenant, {bot} n’enregistre plus rien de ce que vous dites sur ce serveur, y compris dans les prochains enregistrements. Appuyez à nouveau sur le même bouton pour changer cela.',
    'recorded-again': 'À partir de maintenant, {bot} vous enregistre.',
    'left-out-still': 'La personne qui utilise {bot} vous laisse en dehors de cet enregistrement.',
    'erase-later':
      'Appuyez d’abord sur « Ne pas m’enregistrer » : ce qui est supprimé serait sinon enregistré à nouveau.',
    erased: 'Ce que cet enregistrement avait de vous est supprimé.',
    kept: '{bot} garde un fichier son par personne, avec les noms, les heures et les présences, sur l’ordinateur de la personne qui l’utilise, jusqu’à ce qu’elle les supprime. Rien n’est envoyé ailleurs. Pour faire supprimer votre partie, appuyez sur « Ne pas m’enregistrer », puis sur « Supprimer aussi ce qui existe », ou adressez-vous à cette personne.',
  },
  ja: {
    begun:
      '{bot} がこのボイスチャンネルを録音しています。音声は一人ずつ別のトラックに保存されます。録音されたくない方は、チャンネルから退出してください。',
    'begun-buttons':
      '{bot} がこのボイスチャンネルを録音しています。音声は一人ずつ別のトラックに保存されます。録音されたくない方は「自分を録音しない」を押してください。',
    'begun-ask':
      '{bot} がこのボイスチャンネルを録音します。音声は一人ずつ別のトラックに保存されます。「自分を録音する」を押した人だけが録音されます。',
    'button.agree': '自分を録音する',
    'agreed-no-more': 'これ以降、{bot} はあなたの声を録音しません。',
    over: '録音は終了しました。長さは {length} です。',
    'over-unknown': '録音は終了しました。',
    'button.stop': '録音を停止',
    'button.refuse': '自分を録音しない',
    'button.kept': '何が保存されますか？',
    'button.erase': '録音済みの分も削除する',
    'over-press': 'その録音は終了しています。',
    stopped: '録音を終了します。ここまでの音声は保存されます。',
    'stop-refused': '録音を停止できるのは、ボイスチャンネルにいる人だけです。',
    refused:
      'これ以降、このサーバーであなたの声が {bot} に録音されることはありません。今後の録音でも同じです。元に戻すには、同じボタンをもう一度押してください。',
    'recorded-again': 'これ以降、{bot} はあなたの声を録音します。',
    'left-out-still': '{bot} を動かしている人が、あなたをこの録音から外しています。',
    'erase-later':
      '先に「自分を録音しない」を押してください。そうしないと、削除してもまた録音されます。',
    erased: 'この録音に含まれていたあなたの音声を削除しました。',
    kept: '{bot} は、一人ずつの音声ファイルと、名前、時刻、参加者の記録を、ボットを動かしている人のコンピューターに、その人が削除するまで保存します。ほかの場所へは送信されません。自分の分を削除するには、「自分を録音しない」を押してから「録音済みの分も削除する」を押すか、その人に頼んでください。',
  },
} as const;

type NoticeLanguage = keyof typeof words;
export type NoticeKey = keyof (typeof words)['en'];

/**
 * A sentence in the language of `locale`, as Discord writes it (`fr`, `ja`, `en-US`), with English under it unless it is
 * to stand alone; in English for every other language.
 */
export function noticeText(
  key: NoticeKey,
  locale: string,
  values: Readonly<Record<string, string>> = {},
  english: 'under it' | 'alone' = 'under it',
): string {
  const language = languageOf(locale);
  const isAlone = language === 'en' || english === 'alone';
  const languages: readonly NoticeLanguage[] = isAlone ? [language] : [language, 'en'];
  return languages
    .map((one) => String(new IntlMessageFormat(words[one][key], one).format(outsideValues(values))))
    .join('\n\n');
}

function languageOf(locale: string): NoticeLanguage {
  const [language] = locale.split('-');
  return language === 'fr' || language === 'ja' ? language : 'en';
}
