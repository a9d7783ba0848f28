// @ts-check
/**
 * The shapes of what the server says, as far as the pages use them.
 * Coordinates are DICOM patient LPS in millimetres.
 * @module
 */

/** @typedef {[number, number, number]} Lps  a position: left, posterior, superior, mm */
/** @typedef {"axial"|"coronal"|"sagittal"} Plane */
/** @typedef {"GTV"|"CTV"|"PTV"|"FIELD"|"EXCLUDED"} OutlineKind */
/** @typedef {"loading"|"looking"|"analysing"|"planning"|"ready"|"failed"} StudyState */
/** @typedef {"new"|"in_review"|"signed"|"failed"} Status */
/** @typedef {Record<string, any>} Decision  one decision with its `kind` */

/**
 * @typedef {object} Session
 * @property {string} version
 * @property {string} folder
 * @property {string} [user]
 * @property {string} disclaimer
 */

/**
 * @typedef {object} StudyRow  a study in the worklist
 * @property {string} folder
 * @property {string|null} patient_id
 * @property {string|null} date
 * @property {Status} status
 * @property {string|null} mi_tnm
 * @property {number} lesions
 * @property {number} excluded
 * @property {Record<string, number>} regions
 * @property {string[]} intensification
 * @property {number} warnings
 * @property {string|null} headline
 * @property {string|null} reviewer
 * @property {string|null} changed_at
 * @property {string|null} reason
 */

/**
 * @typedef {object} Worklist
 * @property {number} total
 * @property {number} matching
 * @property {number} page
 * @property {number} size
 * @property {Record<string, Record<string, number>>} facets
 * @property {StudyRow[]} studies
 */

/**
 * @typedef {object} Measures
 * @property {number} suv_max
 * @property {number} suv_peak
 * @property {number} suv_mean
 * @property {number} volume_ml
 * @property {number} tl_psma
 * @property {number} longest_diameter_mm
 * @property {number} short_axis_mm
 * @property {Lps} centroid_mm
 * @property {Lps} max_mm
 * @property {number} threshold_suv
 * @property {string} delineation
 * @property {number|null} background_suv
 */

/**
 * @typedef {object} LesionFacts
 * @property {number} id
 * @property {string} region
 * @property {string} site
 * @property {string|null} station
 * @property {string|null} bed_site
 * @property {{region: string, station: string|null, weight: number}[]} alternatives
 * @property {{reason: string, plausibility: number, evidence: string[]}[]} suspicions
 * @property {string|null} ct_correlate
 * @property {{category: string, evidence: string}|null} psma_rads
 * @property {string} mi_tnm
 * @property {number|null} psma_score
 * @property {number} confidence
 * @property {{volume_ml: [number, number]|null}|null} uncertainty
 * @property {string[]} evidence
 * @property {string[]} notes
 */
/** @typedef {LesionFacts & Measures} Lesion */

/**
 * @typedef {object} ExcludedFacts
 * @property {number} id
 * @property {string} reason
 * @property {number} confidence
 * @property {"certain"|"likely"} certainty
 * @property {string[]} evidence
 */
/** @typedef {ExcludedFacts & Measures} Excluded */

/**
 * @typedef {object} DoseLevel
 * @property {string} label
 * @property {number} total_gy
 * @property {number} fractions
 * @property {number} dose_per_fraction_gy
 * @property {number} eqd2_alpha_beta_1_5_gy
 * @property {string} source
 */

/** @typedef {{left: number, right: number, anterior: number, posterior: number, superior: number, inferior: number}} Margin */

/**
 * @typedef {object} Target
 * @property {number} roi_number
 * @property {string} name
 * @property {"GTV"|"CTV"|"PTV"|"FIELD"} kind
 * @property {number[]} lesion_ids
 * @property {number} volume_ml
 * @property {Margin|null} margin_mm
 * @property {number|null} dose_gy
 * @property {number|null} fractions
 * @property {DoseLevel[]} dose_levels
 * @property {string[]} notes
 */

/** @typedef {{value: number, kept: boolean, evidence: string}|null} LimitValue */

/**
 * @typedef {object} Limit  of an organ
 * @property {string} organ
 * @property {string} metric
 * @property {number} at_most
 * @property {string} unit
 * @property {boolean} hard
 * @property {string} source
 * @property {LimitValue} base
 * @property {LimitValue} intensified
 * @property {LimitValue} with_boosts
 * @property {string|null} absent  why it was not looked at
 */

/**
 * @typedef {object} Isotoxic
 * @property {string} basis
 * @property {{name: string, description: string, fractions: number}} constraint_set
 * @property {Limit[]} constraints
 * @property {{roi_number: number, target: string, sentence: string, chosen: {dose_gy: number, fractions: number}|null}[]} boosts
 * @property {string[]} cautions
 */

/**
 * @typedef {object} Recommendation
 * @property {string[]} intensification
 * @property {string[]} rationale
 * @property {string[]} cautions
 * @property {boolean} out_of_scope
 * @property {string|null} pelvis_top
 * @property {{name: string, dose_levels: DoseLevel[]}[]} volumes  that are treated as a whole
 */

/**
 * @typedef {object} Report
 * @property {string} disclaimer
 * @property {{name: string, version: string, config_sha256: string}} software
 * @property {{study_uid: string, patient_id: string|null, date: string|null}} study
 * @property {{tracer: string|null, nuclide: string|null, manufacturer: string|null, size: number[], spacing_mm: number[]}} pet
 * @property {Lesion[]} lesions
 * @property {Excluded[]} excluded
 * @property {string} mi_tnm
 * @property {{pattern: string, sentence: string, node_regions: string[], bone_pattern: string|null}} stage
 * @property {{psma_tv_ml: number, tl_psma: number, lesions: number}} total
 * @property {Recommendation} recommendation
 * @property {Target[]} targets
 * @property {Isotoxic|null} isotoxic
 * @property {{code: string, text: string}[]} warnings
 */

/**
 * @typedef {object} TrailEntry
 * @property {number} id
 * @property {number} revision
 * @property {string} who
 * @property {string} at  RFC 3339
 * @property {Decision} decision
 * @property {string} sentence
 * @property {boolean} undone
 */

/**
 * @typedef {object} Happening  one thing that somebody did
 * @property {number} id
 * @property {number} revision
 * @property {"decision"|"undo"|"redo"|"signature"} kind
 * @property {string} who
 * @property {string} at  RFC 3339
 * @property {string} sentence
 */

/** @typedef {{spacing_mm: Lps, size: Lps}} SceneGrid  by column, row and slice */

/**
 * @typedef {object} Scene
 * @property {{left: number, right: number, anterior: number, posterior: number, inferior: number, superior: number}} bounds_mm
 * @property {SceneGrid} pet
 * @property {SceneGrid|null} ct
 * @property {number|null} liver_suv
 * @property {number} mip_frames
 * @property {Lps} start_mm
 */

/** @typedef {{reviewer: string, at: string, folder: string, changes: string[]}} Signature */
/** @typedef {{who: string, since: string}} Other  somebody else at the same study */

/**
 * @typedef {object} StudyStatus  what is polled
 * @property {string} folder
 * @property {Status} status
 * @property {number} revision
 * @property {StudyState} state
 * @property {string|null} reason
 * @property {TrailEntry[]} decisions
 * @property {Happening[]} events  everything that was done, in its order
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {TrailEntry[]} undone
 * @property {Signature|null} signature
 * @property {Other[]} others
 * @property {Scene|null} scene
 */
/** @typedef {StudyStatus & {suggestion: Report|null, current: Report|null}} Study */
/** @typedef {StudyStatus & {entry: TrailEntry|null, current: Report|null}} Decided  the answer to a decision */

/**
 * @typedef {object} Outline
 * @property {number|null} roi
 * @property {number|null} finding
 * @property {OutlineKind} kind
 * @property {string} name
 * @property {string} colour  `#rrggbb`
 * @property {[number, number][][]} rings  closed, in screen mm
 */

/** @typedef {{revision: number, outlines: Outline[]}} PlaneOutlines */

/** @typedef {{finding: number, x: number, y: number, visible: boolean}} MipPlace  mm from the upper left corner */

/** @typedef {{suv: number|null, hu: number|null, inside: string[]}} Probe */

/**
 * @typedef {object} RuleChoice
 * @property {any} rule
 * @property {string} label
 * @property {{name: string, path: string[], unit: string, min: number, max: number, step: number}[]} parameters
 */

/**
 * @typedef {object} Options
 * @property {{name: string, label: string}[]} regions
 * @property {{name: string, label: string, region: string}[]} stations
 * @property {string[]} categories
 * @property {{min: number, max: number, step: number}} margins  mm
 * @property {{total_gy: {min: number, max: number, step: number}, fractions: {min: number, max: number, step: number}}} dose
 * @property {{radius_mm: {min: number, max: number, step: number}}} brush
 * @property {RuleChoice[]} rules
 */

/**
 * @typedef {object} Preview
 * @property {{id: number, region: string|null, mi_tnm: string|null, measures: Measures}[]} findings
 * @property {{plane: Plane, at: number, outlines: Outline[]}[]} planes
 * @property {number[]} [gone]  findings that would be no more
 * @property {string} [mi_tnm]  the patient's
 */

export {};
