import type { ReactNode } from 'react';
import type { PersonSnapshot } from '../../preload/contract/snapshot.ts';
import { chosenChannel } from '../bridge/chosen-channel.ts';
import { useSnapshot } from '../bridge/use-bridge.ts';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.tsx';
import { BeforeTheShow } from './before-the-show.tsx';
import styles from './channel-side-panel.module.css';

/** The people in the chosen channel, and what is checked before recording. */
export function ChannelSidePanel(): ReactNode {
  const { guilds, chosenChannelId } = useSnapshot();
  const chosen = chosenChannel(guilds, chosenChannelId);
  if (chosen === null) {
    return (
      <aside className={styles['panel']} aria-label={text('channels.side.none')}>
        <header className={styles['heading']}>
          <h2 className={styles['title']}>{text('channels.side.none')}</h2>
          <p className={styles['place']}>{text('channels.side.none.text')}</p>
        </header>
      </aside>
    );
  }
  const { channel, guild } = chosen;
  return (
    <aside className={styles['panel']} aria-label={channel.name}>
      <header className={styles['heading']}>
        <h2 className={styles['title']} title={channel.name}>
          <bdi>{channel.name}</bdi>
        </h2>
        <p className={styles['place']}>
          {text('channels.side.place', { guild: guild.name, count: channel.people.length })}
        </p>
      </header>
      {channel.people.length === 0 ? (
        <p className={styles['nobody']}>{text('channels.side.nobody')}</p>
      ) : (
        <ul
          className={styles['people']}
          aria-label={text('channels.side.people')}
          tabIndex={channel.people.length > 5 ? 0 : undefined}
        >
          {channel.people.map((person, index) => (
            <Person key={person.userId} person={person} index={index} />
          ))}
        </ul>
      )}
      <BeforeTheShow channel={channel} />
    </aside>
  );
}

function Person({
  person,
  index,
}: {
  readonly person: PersonSnapshot;
  readonly index: number;
}): ReactNode {
  return (
    <li className={styles['person']} title={person.name}>
      <Picture name={person.name} who={person.bot ? 'bot' : index} size={28} />
      <bdi className={styles['name']}>{person.name}</bdi>
      {person.bot && <span className={styles['mark']}>{text('channels.bot')}</span>}
      {person.muted && <span className={styles['mark']}>{text('channels.muted')}</span>}
    </li>
  );
}
