"""References of measures and frontiers, for the paragraph of methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from xinzhi_core.vocabulary import bounds
from xinzhi_frontier.options import Options
from xinzhi_frontier.technology import HULL

TONE_2001 = (
    "Tone, K. (2001). A slacks-based measure of efficiency in data envelopment analysis. European "
    "Journal of Operational Research, 130(3), 498–509. doi:10.1016/S0377-2217(99)00407-5"
)
TONE_2002 = (
    "Tone, K. (2002). A slacks-based measure of super-efficiency in data envelopment analysis. "
    "European Journal of Operational Research, 143(1), 32–41. doi:10.1016/S0377-2217(01)00324-1"
)
TONE_2003 = (
    "Tone, K. (2003). Dealing with undesirable outputs in DEA: A slacks-based measure (SBM) approach "
    "(GRIPS Research Report Series I-2003-0005). National Graduate Institute for Policy Studies."
)
COOPER_2007 = (
    "Cooper, W. W., Seiford, L. M., & Tone, K. (2007). Data Envelopment Analysis (2nd ed., chapter "
    "13: undesirable outputs). Springer. doi:10.1007/978-0-387-45283-8"
)
COOPER_2007_RETURNS = (
    "Cooper, W. W., Seiford, L. M., & Tone, K. (2007). Data Envelopment Analysis (2nd ed., chapter "
    "5: returns to scale). Springer. doi:10.1007/978-0-387-45283-8"
)
CHARNES_1978 = (
    "Charnes, A., Cooper, W. W., & Rhodes, E. (1978). Measuring the efficiency of decision making "
    "units. European Journal of Operational Research, 2(6), 429–444. "
    "doi:10.1016/0377-2217(78)90138-8"
)
BANKER_1984 = (
    "Banker, R. D., Charnes, A., & Cooper, W. W. (1984). Some models for estimating technical and "
    "scale inefficiencies in data envelopment analysis. Management Science, 30(9), 1078–1092. "
    "doi:10.1287/mnsc.30.9.1078"
)
BANKER_1986 = (
    "Banker, R. D., & Morey, R. C. (1986). Efficiency analysis for exogenously fixed inputs and "
    "outputs. Operations Research, 34(4), 513–521. doi:10.1287/opre.34.4.513"
)
ANDERSEN_1993 = (
    "Andersen, P., & Petersen, N. C. (1993). A procedure for ranking efficient units in data "
    "envelopment analysis. Management Science, 39(10), 1261–1264. doi:10.1287/mnsc.39.10.1261"
)
CHUNG_1997 = (
    "Chung, Y. H., Färe, R., & Grosskopf, S. (1997). Productivity and undesirable outputs: A "
    "directional distance function approach. Journal of Environmental Management, 51(3), 229–240. "
    "doi:10.1006/jema.1997.0146"
)
ZHOU_2012 = (
    "Zhou, P., Ang, B. W., & Wang, H. (2012). Energy and CO2 emission performance in electricity "
    "generation: A non-radial directional distance function approach. European Journal of Operational "
    "Research, 221(3), 625–635. doi:10.1016/j.ejor.2012.04.022"
)
DEPRINS_1984 = (
    "Deprins, D., Simar, L., & Tulkens, H. (1984). Measuring labor-efficiency in post offices. In M. "
    "Marchand, P. Pestieau, & H. Tulkens (Eds.), The Performance of Public Enterprises: Concepts and "
    "Measurement (pp. 243–267). North-Holland."
)
TULKENS_1993 = (
    "Tulkens, H. (1993). On FDH efficiency analysis: Some methodological issues and applications to "
    "retail banking, courts, and urban transit. Journal of Productivity Analysis, 4(1–2), 183–210. "
    "doi:10.1007/BF01073473"
)
BERG_1992 = (
    "Berg, S. A., Førsund, F. R., & Jansen, E. S. (1992). Malmquist indices of productivity growth during "
    "the deregulation of Norwegian banking, 1980–89. Scandinavian Journal of Economics, 94(Supplement), "
    "S211–S228. doi:10.2307/3440261"
)
MEASURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "radial": (CHARNES_1978,),
        "super_radial": (CHARNES_1978, ANDERSEN_1993),
        "additive": (
            (
                "Charnes, A., Cooper, W. W., Golany, B., Seiford, L., & Stutz, J. (1985). Foundations "
                "of data envelopment analysis for Pareto-Koopmans efficient empirical production "
                "functions. Journal of Econometrics, 30(1–2), 91–107. "
                "doi:10.1016/0304-4076(85)90133-2"
            ),
        ),
        "range_adjusted": (
            (
                "Cooper, W. W., Park, K. S., & Pastor, J. T. (1999). RAM: A range adjusted measure of "
                "inefficiency for use with additive models, and relations to other models and measures "
                "in DEA. Journal of Productivity Analysis, 11, 5–42. doi:10.1023/A:1007701304281"
            ),
        ),
        "range_directional": (
            (
                "Portela, M. C. A. S., Thanassoulis, E., & Simpson, G. (2004). Negative data in DEA: A "
                "directional distance approach applied to bank branches. Journal of the Operational "
                "Research Society, 55(10), 1111–1121. doi:10.1057/palgrave.jors.2601768"
            ),
        ),
        "russell": (
            (
                "Färe, R., & Lovell, C. A. K. (1978). Measuring the technical efficiency of "
                "production. Journal of Economic Theory, 19(1), 150–162. "
                "doi:10.1016/0022-0531(78)90060-1"
            ),
        ),
        "sbm": (TONE_2001,),
        "super_sbm": (TONE_2001, TONE_2002),
        "sbm_nonseparable": (TONE_2001, COOPER_2007),
        "sbm_nonseparable_free": (TONE_2001, TONE_2003),
        "directional": (CHUNG_1997,),
        "nonradial_directional": (ZHOU_2012,),
        "epsilon_based": (
            (
                "Tone, K., & Tsutsui, M. (2010). An epsilon-based measure of efficiency in DEA: A third "
                "pole of technical efficiency. European Journal of Operational Research, 207(3), "
                "1554–1563. doi:10.1016/j.ejor.2010.07.014"
            ),
        ),
    }
)
GLOBAL = (
    "Pastor, J. T., & Lovell, C. A. K. (2005). A global Malmquist productivity index. Economics "
    "Letters, 88(2), 266–271. doi:10.1016/j.econlet.2005.02.013"
)


def references_of(measured: Iterable[Options]) -> frozenset[str]:
    """List the references of measures and frontiers.

    >>> sorted(reference[:10] for reference in references_of([Options()]))
    ['Pastor, J.', 'Tone, K. (', 'Tone, K. (']
    """
    references: set[str] = set()
    for options in measured:
        references |= set(MEASURES.get(options.measure, ()))
        if options.returns_to_scale == "variable" and options.measure.endswith("radial"):
            references.add(BANKER_1984)
        if options.noncontrollable or options.nondiscretionary:
            references.add(BANKER_1986)
        if bounds(options.returns_to_scale):
            references.add(COOPER_2007_RETURNS)
        if options.returns_to_scale == HULL:
            references |= {DEPRINS_1984, TULKENS_1993}
        if options.reference == "base":
            references.add(BERG_1992)
        if options.reference == "global":
            references.add(GLOBAL)
    return frozenset(references)
