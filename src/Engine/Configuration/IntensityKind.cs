namespace HiEndMae.Engine.Configuration;

/// <summary>How intensities are brought to [0, 1].</summary>
public enum IntensityKind
{
    /// <summary>By the two ends of <see cref="DataConfig.Window"/>, the same for every scan: for CT, whose units are HU.</summary>
    Window,

    /// <summary>By two percentiles of each scan and channel: for MR and other arbitrary units.</summary>
    Percentiles,
}
