import { createRoot } from 'react-dom/client';
import { prefetch, Shell } from './shell.tsx';
import '../../ui/theme.css';
import '../../ui/kit.css';
import './shell.css';

prefetch(location.pathname);
createRoot(document.getElementById('app')!).render(<Shell />);
