namespace HiEndMae.Engine.Configuration;

/// <summary>How intensities are normalised.</summary>
public enum IntensityKind
{
    /// <summary>To [0, 1] by the two ends of <see cref="DataConfig.Window"/>, the same for every scan: for CT, whose units are HU.</summary>
    Window,

    /// <summary>To [0, 1] by two percentiles of each scan and channel: for MR and other arbitrary units.</summary>
    Percentiles,

    /// <summary>To mean 0 and standard deviation 1 of each scan and channel: for MR and other arbitrary units.</summary>
    Zscore,
}
