; Installer for Windows, for one person and without administrator's rights, of the bundle that PyInstaller made there:
;     makensis /DVERSION=0.1.0 /DBUNDLE=%CD%\build\packaging\dist\generative-explorer /DOUT=%CD%\build\packaging packaging\windows\installer.nsi
; (whole paths: makensis works in this file's folder).
; Silent: generative-explorer-0.1.0-windows-x86_64.exe /S [/D=C:\where]; the uninstaller takes /S as well.

Unicode true
!include "MUI2.nsh"
!include "FileFunc.nsh"

!ifndef VERSION
  !error "say the version: /DVERSION=0.1.0"
!endif
!ifndef BUNDLE
  !error "say where the bundle is: /DBUNDLE=C:\path\to\generative-explorer"
!endif
!ifndef OUT
  !define OUT "."
!endif
!define APP "Generative Explorer"
!define ID "GenerativeExplorer"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define CLASSES "Software\Classes"
!define SESSION "GenerativeExplorer.Session"

Name "${APP}"
OutFile "${OUT}/generative-explorer-${VERSION}-windows-x86_64.exe"
InstallDir "$LOCALAPPDATA\Programs\${APP}"
InstallDirRegKey HKCU "Software\${ID}" "Folder"
RequestExecutionLevel user
SetCompressor /SOLID lzma
BrandingText " "
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${APP}"
VIAddVersionKey "FileDescription" "${APP}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "The Generative Explorer developers, MIT licence"

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${APP}.exe"
!insertmacro MUI_PAGE_LICENSE "../../LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

Section "${APP}" Main
  SectionIn RO
  ; An earlier version goes first: files that this one no longer has would stay.
  IfFileExists "$INSTDIR\uninstall.exe" 0 fresh
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
  fresh:
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${APP}.lnk" "$INSTDIR\${APP}.exe"

  ; Sessions open here by a double click; checkpoints, which other programs open too, by "Open with".
  WriteRegStr HKCU "${CLASSES}\.gexplore" "" "${SESSION}"
  WriteRegStr HKCU "${CLASSES}\.gexplore" "Content Type" "application/x-generative-explorer-session"
  WriteRegStr HKCU "${CLASSES}\${SESSION}" "" "${APP} session"
  WriteRegStr HKCU "${CLASSES}\${SESSION}\DefaultIcon" "" "$INSTDIR\${APP}.exe,0"
  WriteRegStr HKCU "${CLASSES}\${SESSION}\shell\open\command" "" '"$INSTDIR\${APP}.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe" "FriendlyAppName" "${APP}"
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\shell\open\command" "" '"$INSTDIR\${APP}.exe" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\SupportedTypes" ".safetensors" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\SupportedTypes" ".pt" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\SupportedTypes" ".pth" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\SupportedTypes" ".ckpt" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${APP}.exe\SupportedTypes" ".onnx" ""
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'  ; kinds of files have changed

  WriteRegStr HKCU "Software\${ID}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${APP}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${APP}.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Generative Explorer developers"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section /o "Shortcut on the desktop" Desktop
  CreateShortcut "$DESKTOP\${APP}.lnk" "$INSTDIR\${APP}.exe"
SectionEnd

Section "Uninstall"
  ; What the app wrote for its person (sessions, settings, runs) lies elsewhere, and stays.
  Delete "$SMPROGRAMS\${APP}.lnk"
  Delete "$DESKTOP\${APP}.lnk"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\${APP}.exe"
  Delete "$INSTDIR\generative-explorer.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${CLASSES}\${SESSION}"
  DeleteRegKey HKCU "${CLASSES}\.gexplore"
  DeleteRegKey HKCU "${CLASSES}\Applications\${APP}.exe"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${ID}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
