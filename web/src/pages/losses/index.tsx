export default function Page() {
  return <main class="page" />;
}
