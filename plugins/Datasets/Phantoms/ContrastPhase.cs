namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Time of a scan after the injection of contrast agent.</summary>
public enum ContrastPhase
{
    /// <summary>Without contrast agent.</summary>
    Native,

    /// <summary>After about 35 s: bright arteries, cortex of the kidneys and a striped spleen.</summary>
    Arterial,

    /// <summary>After about 70 s: bright veins, liver, spleen and whole kidneys.</summary>
    Portal,
}
