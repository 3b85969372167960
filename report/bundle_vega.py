"""Bundles Vega-Lite for the page: writes report/vega.js.gz from the package vl-convert-python.

    make vega

The bundle is kept in the project, so that a build needs neither that package (it brings a
JavaScript engine along) nor the second that bundling takes. The development lock pins the
package; a test compares.
"""

import gzip
from pathlib import Path

BUNDLE = Path(__file__).with_name("vega.js.gz")


def bundle() -> str:
    """The libraries as one script that leaves a single name behind, vegaEmbed."""
    import vl_convert

    return "(() => {" + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;") + "})();"


if __name__ == "__main__":
    BUNDLE.write_bytes(gzip.compress(bundle().encode("utf-8"), compresslevel=9, mtime=0))
    print(f"Written: {BUNDLE}")
