/** Links to help: from a dialog to its own, and from one help to what stands once in the platform's. */
import { text } from './texts';

const PLATFORM = 'rescale-platform';
const show = (type: string) => RED.sidebar.help?.show(type, true);

/** Puts a link to the node's help at the end of its dialog. */
export function addHelpLink(type: string, form: JQuery): void {
  const link = $('<a href="#" class="rescale-help"><i class="fa fa-book"></i> <span></span></a>');
  link.find('span').text(text('pick.help'));
  link.on('click', (event) => {
    event.preventDefault();
    show(type);
  });
  form.append($('<div class="form-row">').append(link));
}

/** Where a link leads to in the platform's help: the heading that stands there, whatever the language. */
const PLACES: Record<string, (headings: JQuery) => JQuery> = {
  '#rescale-errors': (headings) => headings.filter('h3').eq(-2),
  '#rescale-terms': (headings) => headings.filter('h4').eq(0),
  '#rescale-reliability': (headings) => headings.filter('h4').eq(1),
};

/** Links to these places open the platform's help there. Called once. */
export function watchHelpLinks(): void {
  const links = Object.keys(PLACES).map((place) => `a[href="${place}"]`);
  $(document).on('click', links.join(', '), (event) => {
    event.preventDefault();
    const place = PLACES[String($(event.currentTarget).attr('href'))];
    show(PLATFORM);
    // The sidebar shows the other help after this.
    setTimeout(() => {
      const headings = $('.red-ui-sidebar-help-content, .red-ui-help').find('h3, h4');
      place?.(headings)[0]?.scrollIntoView({ block: 'start' });
    }, 200);
  });
}
