"""When and with what an emission image was taken: times, radiopharmaceutical, activity, decay correction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydicom.errors import InvalidDicomError

from nelm.errors import InputError, Problem
from nelm.io.dicom.gamma_camera import MS_PER_S, EnergyWindow, duration_of, energy_windows_of
from nelm.io.dicom.headers import Header, read_header
from nelm.io.dicom.instances import Source
from nelm.io.dicom.nuclides import nuclide_of, nuclide_of_code
from nelm.io.dicom.series import Series
from nelm.io.dicom.sop_classes import ENHANCED
from nelm.io.dicom.times import date_time_of, moment_of, offset_of

MBQ = 1e6
DAY = timedelta(days=1)


class DecayCorrection(StrEnum):
    """To which time the numbers are corrected for decay (attribute Decay Correction)."""

    START = "start of the acquisition"
    ADMINISTRATION = "administration"
    NONE = "not corrected"


DECAY_TERMS = {
    "START": DecayCorrection.START,
    "ADMIN": DecayCorrection.ADMINISTRATION,
    "NONE": DecayCorrection.NONE,
}


@dataclass(frozen=True, slots=True)
class FrameTiming:
    """When one image was acquired.

    Parameters
    ----------
    start : Start of the acquisition; None if not said.
    duration_s : Actual frame duration [s].
    reference_s : Frame Reference Time: from the series reference to the mean time of the counts [s].
    """

    start: datetime | None
    duration_s: float | None
    reference_s: float | None


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Facts of the acquisition of an emission image; None where the header is silent.

    Times are those of the scanner's clock. Activities are in becquerel whatever the object writes: PET images hold
    Bq, NM images and enhanced PET hold MBq.

    Parameters
    ----------
    series_name : How messages name the series.
    manufacturer : Of the scanner.
    series_start, start : Series date and time; earliest start of an image.
    frames : Timing of each image, in the order of the slices.
    post_processed_start : Scan start kept by GE in a private element when a series was processed again.
    radionuclide, radiopharmaceutical : As written, or the meaning of the code.
    injected_activity_bq : At the time of injection [Bq].
    injection : Time of injection.
    is_injection_day_assumed : Whether the header gives the time of injection alone: the day is then that of the
        scan, or the day before if the time would lie after it.
    half_life_s : As the header says [s].
    decay_correction : To which time the numbers are corrected.
    corrections : Values of Corrected Image.
    units, suv_type : Of the numbers.
    weight_kg, height_m : Of the patient.
    philips_suv_factor, philips_activity_factor : Private factors from counts to SUV and to Bq/mL.
    notes : What was assumed, one sentence each.
    nuclide : The radionuclide as symbol and mass number (Lu-177), from its code, its name or that of the
        radiopharmaceutical.
    duration_s : Of a gamma camera image, from the start of the acquisition to its end [s]; None for PET, whose images
        have durations of their own.
    energy_windows : Of a gamma camera.
    patient_key : A digest that tells patients apart without naming them; None where the file has no identifier.
    """

    series_name: str
    manufacturer: str | None
    series_start: datetime | None
    start: datetime | None
    frames: tuple[FrameTiming, ...]
    post_processed_start: datetime | None
    radionuclide: str | None
    radiopharmaceutical: str | None
    injected_activity_bq: float | None
    injection: datetime | None
    is_injection_day_assumed: bool
    half_life_s: float | None
    decay_correction: DecayCorrection | None
    corrections: tuple[str, ...]
    units: str | None
    suv_type: str | None
    weight_kg: float | None
    height_m: float | None
    philips_suv_factor: float | None
    philips_activity_factor: float | None
    notes: tuple[str, ...] = ()
    nuclide: str | None = None
    duration_s: float | None = None
    energy_windows: tuple[EnergyWindow, ...] = ()
    patient_key: str | None = None

    @property
    def is_calibrated(self) -> bool:
        """Whether the header says that the numbers are an activity concentration, and not counts."""
        return self.units == "BQML"

    @property
    def frame_durations_s(self) -> tuple[float | None, ...]:
        """Actual frame duration of each image [s]."""
        return tuple(frame.duration_s for frame in self.frames)


def read_acquisition(series: Series) -> Acquisition:
    """When and with what a series was acquired.

    Raises
    ------
    InputError
        If the first file cannot be read. A fact that is missing or broken is None.
    """
    source = series.sources[0]
    try:
        header = read_header(source.path)
    except InvalidDicomError as error:
        problem = Problem(source.path.name, "", f"a readable header ({error})", "Copy the file again")
        raise InputError([problem], file=str(source.path)) from error
    notes: list[str] = []
    agent = _agent(header, notes)
    frames = _timings(series)
    starts = [frame.start for frame in frames if frame.start is not None]
    start = min(starts) if starts else None
    series_start = moment_of(header.text("SeriesDate"), header.text("SeriesTime"))
    injection, assumed = _injection(agent, start or series_start, notes, _offset(header))
    return Acquisition(
        series_name=series.name,
        manufacturer=header.text("Manufacturer"),
        series_start=series_start,
        start=start,
        frames=frames,
        post_processed_start=date_time_of(header.private(0x0009, 0x0D, "GEMS_PETD_01")),
        radionuclide=_coded(agent, "RadionuclideCodeSequence"),
        radiopharmaceutical=_pharmaceutical(agent),
        injected_activity_bq=_injected(agent, source),
        injection=injection,
        is_injection_day_assumed=assumed,
        half_life_s=_positive(agent, "RadionuclideHalfLife"),
        decay_correction=_decay_correction(header),
        corrections=tuple(one.upper() for one in header.texts("CorrectedImage")),
        units=source.units,
        suv_type=header.text("SUVType"),
        weight_kg=_positive(header, "PatientWeight"),
        height_m=_positive(header, "PatientSize"),
        philips_suv_factor=_philips(header, 0x00),
        philips_activity_factor=_philips(header, 0x09),
        nuclide=_nuclide(agent, notes),
        duration_s=duration_of(header, notes) if source.modality == "NM" else None,
        energy_windows=energy_windows_of(header),
        patient_key=source.patient_key,
        notes=tuple(notes),
    )


def _agent(header: Header, notes: list[str]) -> Header | None:
    """The administered radiopharmaceutical; the first where there are several, and said so."""
    agents = header.items("RadiopharmaceuticalInformationSequence")
    if len(agents) > 1:
        notes.append(f"{len(agents)} radiopharmaceuticals are described; the first was taken")
    return agents[0] if agents else None


def _timings(series: Series) -> tuple[FrameTiming, ...]:
    """Timing of each image."""
    return tuple(
        FrameTiming(
            start=date_time_of(frame.phase.acquired),
            duration_s=None if frame.duration_ms is None else frame.duration_ms / MS_PER_S,
            reference_s=_seconds(frame.phase.frame_reference_time_ms),
        )
        for frame in series.frames
    )


def _seconds(time_ms: float | None) -> float | None:
    """Milliseconds in seconds."""
    return None if time_ms is None else time_ms / MS_PER_S


def _offset(header: Header) -> timedelta | None:
    """The offset from UTC of the times of the file."""
    return offset_of(header.text("TimezoneOffsetFromUTC"))


def _injection(
    agent: Header | None, scan: datetime | None, notes: list[str], offset: timedelta | None
) -> tuple[datetime | None, bool]:
    """Time of injection, and whether its day was assumed."""
    if agent is None:
        return None, False
    text = agent.text("RadiopharmaceuticalStartDateTime")
    moment = date_time_of(text)
    if moment is not None:
        own = offset_of(text)
        if own is not None and offset is not None and own != offset:
            notes.append("the time of injection was given in another time zone and converted")
            moment += offset - own
        return moment, False
    if scan is None:
        return None, False
    clock = moment_of(scan.strftime("%Y%m%d"), agent.text("RadiopharmaceuticalStartTime"))
    if clock is None:
        return None, False
    if clock > scan:
        notes.append("the time of injection lies after the scan; taken as the day before (midnight between)")
        return clock - DAY, True
    notes.append("the header gives no day of injection; taken as the day of the scan")
    return clock, True


def _injected(agent: Header | None, source: Source) -> float | None:
    """Injected activity [Bq]; NM images and enhanced PET write MBq (DICOM PS3.3 C.8.4.10, C.8.22.4)."""
    found = _positive(agent, "RadionuclideTotalDose")
    if found is None:
        return None
    in_mbq = source.modality == "NM" or source.sop_class_uid in ENHANCED
    return found * MBQ if in_mbq else found


def _positive(header: Header | None, keyword: str) -> float | None:
    """A number above zero; zero stands for not known in many files."""
    found = header.number(keyword) if header is not None else None
    return found if found is not None and found > 0 else None


def _coded(agent: Header | None, keyword: str) -> str | None:
    """Meaning of a code, or the code itself."""
    item = agent.item(keyword) if agent is not None else None
    return (item.text("CodeMeaning") or item.text("CodeValue")) if item is not None else None


def _pharmaceutical(agent: Header | None) -> str | None:
    """Name of the radiopharmaceutical."""
    name = agent.text("Radiopharmaceutical") if agent is not None else None
    return name or _coded(agent, "RadiopharmaceuticalCodeSequence")


def _nuclide(agent: Header | None, notes: list[str]) -> str | None:
    """The radionuclide by its code, else from the name of the radiopharmaceutical, and said so."""
    if agent is None:
        return None
    coded = nuclide_of_code(agent.item("RadionuclideCodeSequence"))
    if coded is not None:
        return coded
    named = nuclide_of(_pharmaceutical(agent)) or nuclide_of(_coded(agent, "RadiopharmaceuticalCodeSequence"))
    if named is not None:
        notes.append(
            f"the radionuclide is not coded; {named} was read from the name of the radiopharmaceutical"
        )
    return named


def _decay_correction(header: Header) -> DecayCorrection | None:
    """To which time the numbers are corrected; enhanced PET says it with two attributes of its own."""
    term = header.text("DecayCorrection")
    if term is not None:
        return DECAY_TERMS.get(term.upper())
    corrected = header.text("DecayCorrected")
    if corrected == "NO":
        return DecayCorrection.NONE
    return DecayCorrection.START if corrected == "YES" and header.text("DecayCorrectionDateTime") else None


def _philips(header: Header, element: int) -> float | None:
    """A private factor of Philips (7053,xx00) or (7053,xx09)."""
    text = header.private(0x7053, element, "Philips PET")
    try:
        found = float(text) if text is not None else 0.0
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None
