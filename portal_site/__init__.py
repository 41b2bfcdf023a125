"""The citizen portal: templates, assets and the builder that makes static HTML of them."""
