namespace HiEndMae.Configuration;

/// <summary>Kinds of values that a config record can hold.</summary>
public enum ValueKind
{
    /// <summary>32-bit integer.</summary>
    Int,

    /// <summary>64-bit integer.</summary>
    Long,

    /// <summary>Single-precision number.</summary>
    Float,

    /// <summary>Double-precision number.</summary>
    Double,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>Text.</summary>
    String,

    /// <summary>One of the names of an enum, in kebab-case.</summary>
    Enum,

    /// <summary>One count, or three along x, y, z.</summary>
    Size3,

    /// <summary>One spacing in mm, or three along x, y, z.</summary>
    Spacing3,

    /// <summary>A length of time such as "90s", "30m", "12h".</summary>
    Duration,

    /// <summary>An amount of memory such as "512MiB", "4GiB".</summary>
    ByteSize,

    /// <summary>A nested table.</summary>
    Section,

    /// <summary>A table whose <c>plugin</c> key picks a component.</summary>
    Component,
}
