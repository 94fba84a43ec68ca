import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import styles from './hint.module.css';

/** Time to move the pointer from the mark to its text. */
const LINGER_MS = 150;

interface HintProps {
  /** What appears over the mark while it is hovered. */
  readonly words: ReactNode;
  /** Shows them without hovering: what the mark stands in has the focus. */
  readonly isFocused: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/**
 * A mark with a text that shows when it is hovered or focused; Escape hides the text. Screen readers get it elsewhere.
 */
export function Hint({ words, isFocused, className, children }: HintProps): ReactNode {
  const mark = useRef<HTMLSpanElement>(null);
  const { isHovered, onHover } = useLingering();
  const wanted = isFocused || isHovered;
  const [isHidden, setHidden] = useState(false);
  if (!wanted && isHidden) setHidden(false);
  const isOpen = wanted && !isHidden;
  useEffect(() => {
    if (!isOpen) return undefined;
    const hide = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setHidden(true);
    };
    document.addEventListener('keydown', hide);
    return () => {
      document.removeEventListener('keydown', hide);
    };
  }, [isOpen]);
  return (
    <>
      <span
        ref={mark}
        className={className}
        onPointerEnter={() => {
          onHover('over');
        }}
        onPointerLeave={() => {
          onHover('away');
        }}
      >
        {children}
      </span>
      <TooltipTrigger
        isOpen={isOpen}
        onOpenChange={(open) => {
          onHover(open ? 'over' : 'away');
        }}
      >
        <Tooltip
          triggerRef={mark}
          placement="bottom start"
          offset={4}
          className={styles['hint'] ?? ''}
        >
          {words}
        </Tooltip>
      </TooltipTrigger>
    </>
  );
}

function useLingering(): {
  readonly isHovered: boolean;
  readonly onHover: (where: 'over' | 'away') => void;
} {
  const [isHovered, setHovered] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
    },
    [],
  );
  return {
    isHovered,
    onHover: (where) => {
      window.clearTimeout(timer.current);
      if (where === 'over') setHovered(true);
      else
        timer.current = window.setTimeout(() => {
          setHovered(false);
        }, LINGER_MS);
    },
  };
}
