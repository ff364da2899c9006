"""From images after an administration to absorbed doses of organs and lesions: joins volumes with physics."""
