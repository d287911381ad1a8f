"""About: what this is after, which versions run here, where things are kept, whose data and ideas they are."""

import streamlit as st

from fdmat_core import __version__, registry
from fdmat_core.store import files
from pages.about import facts
from pages.shell import frame

frame.header("About", f"FDMat Explorer {__version__}, MIT licence. Runs on this machine; sends nothing anywhere.")

method, machine = st.columns(2, gap="large")
with method:
    st.subheader("What to cite", anchor=False)
    st.markdown(
        "**FDMat** as shown here keeps, class by class, the coreset whose feature distribution is closest to the "
        "dataset's by the energy distance, after a transport plan has shown what does not belong. The idea is from "
        "*W. Xiao, Y. Chen, Q. Shan, Y. Wang, J. Su: Feature Distribution Matching by Optimal Transport for Effective "
        "and Robust Coreset Selection, AAAI 2024*. **FDMat, published score** follows their released code, with its "
        "defects repaired. Every other method names its paper in the method notes."
    )
    st.subheader("What is kept where", anchor=False)
    st.markdown(f":gray[Everything lies under] `{files.home()}` :gray[(set `FDMAT_HOME` to move it).]")
    st.dataframe(facts.usage(), hide_index=True, height="content")
    st.caption(
        "`python -m fdmat_core cache` lists it, `cache verify` checks it, `cache prune` removes what no run needs."
    )

with machine:
    st.subheader("This installation", anchor=False)
    st.dataframe(facts.versions(), hide_index=True, height="content")

st.subheader("Data and backbones", anchor=False)
st.dataframe(facts.sources([*registry.datasets.all().values(), *registry.backbones.all().values()]), hide_index=True)
