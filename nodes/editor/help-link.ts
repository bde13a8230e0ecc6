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

/** Links to `#rescale-errors` and `#rescale-terms` open the platform's help there. Called once. */
export function watchHelpLinks(): void {
  $(document).on('click', 'a[href="#rescale-errors"], a[href="#rescale-terms"]', (event) => {
    event.preventDefault();
    const errors = $(event.currentTarget).attr('href') === '#rescale-errors';
    show(PLATFORM);
    // The sidebar shows the other help after this.
    setTimeout(() => {
      const headings = $('.red-ui-sidebar-help-content, .red-ui-help').find('h3, h4');
      const wanted = errors ? headings.filter('h3').eq(-2) : headings.filter('h4').first();
      wanted[0]?.scrollIntoView({ block: 'start' });
    }, 200);
  });
}
