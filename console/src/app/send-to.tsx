// Goes to another address instead of showing something. The address is that of the first rendering: while the way there is under way,
// what it was made from changes already, and a second address would be one too many.
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

export const SendTo = ({ href }: { readonly href: string }) => {
  const router = useRouter();
  const [first] = useState(href);
  useEffect(() => router.history.replace(first), [router, first]);
  return null;
};
