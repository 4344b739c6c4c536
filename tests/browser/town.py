"""A small town with two branches, and everything a map can show of it."""

from chaingraph.model import Atlas


def make_atlas(**changes):
    data = {
        "atlas": {"id": "town", "name": {"zh": "小城产业链图谱", "en": "Chains of a town"}},
        "place": {"name": {"zh": "小城", "en": "Town"}},
        "as_of": "2024-06-30",
        "clusters": {"modern": {"name": {"zh": "现代化工", "en": "Modern chemicals"}}},
        "chains": {
            "chemicals": {
                "name": {"zh": "化工", "en": "Chemicals"},
                "cluster": "modern",
                "branches": ["silicone", "base"],
            }
        },
        "branches": {
            "silicone": {"id": "silicone", "name": {"zh": "有机硅", "en": "Silicone"}},
            "base": {"id": "base", "name": {"zh": "基础化学品", "en": "Base chemicals"}},
        },
        "products": {
            "silicon": {
                "name": {"zh": "工业硅", "en": "Industrial silicon"},
                "aliases": ["金属硅"],
                "codes": {"gbt4754": "2614.7"},
                "stage": "upstream",
                "unit": "t",
                "sources": ["paper"],
            },
            "monomer": {
                "name": {"zh": "甲基氯硅烷", "en": "Methylchlorosilanes"},
                "stage": "midstream",
                "reach": "local",
                "unit": "t",
                "inputs": {
                    "silicon": {"per": 0.25, "critical": True, "sources": ["book"]},
                    "acid": {"per": 0.9, "critical": True},
                },
            },
            "dmc": {
                "name": {"zh": "环硅氧烷", "en": "Cyclosiloxanes"},
                "stage": "midstream",
                "reach": "local",
                "unit": "t",
                "inputs": {"monomer": {"critical": True}},
                "byproducts": {"acid": {"per": 0.6}},
            },
            "rubber": {
                "name": {"zh": "硅橡胶", "en": "Silicone rubber"},
                "stage": "downstream",
                "unit": "t",
                "inputs": {"dmc": {"critical": True}},
            },
            "acid": {
                "name": {"zh": "氯化氢", "en": "Hydrogen chloride"},
                "stage": "midstream",
                "unit": "t",
            },
        },
        "branch_of": {
            "silicon": "silicone",
            "monomer": "silicone",
            "dmc": "silicone",
            "rubber": "silicone",
            "acid": "base",
        },
        "enterprises": {
            "quartz_works": {
                "name": {"zh": "小城硅业", "en": "Town Silicon"},
                "makes": {"silicon": {"capacity": 50000, "since": "2020-05", "sources": ["paper"]}},
            }
        },
        "projects": {
            "rubber_plant": {
                "name": {"zh": "硅橡胶项目", "en": "Rubber plant"},
                "milestones": {"signed": "2023-03", "started": "2024-01"},
                "capacity": {"rubber": 20000},
                "investment": 12.5,
            }
        },
        "candidates": {
            "far_firm": {
                "name": {"zh": "远方股份", "en": "Far Co"},
                "makes": ["dmc"],
                "place": "衢州",
            }
        },
        "sources": {
            "paper": {
                "title": "小城日报",
                "url": ["https://example.org/a?b=1&c=2"],
                "kind": "news",
            },
            "book": {"title": "有机硅手册", "url": ["javascript:alert(1)"], "kind": "textbook"},
        },
    }
    return Atlas.model_validate(data | changes)
