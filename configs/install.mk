# Installing and packaging: included by the Makefile.

DESTDIR ?=
ARCH     = $(shell dpkg --print-architecture)
DEB      = build/banyan_$(VERSION)_$(ARCH).deb

.PHONY: install deb
install: all ## into /usr, /etc/banyan and systemd (DESTDIR is honoured); an existing configuration is kept
	install -d $(DESTDIR)/usr/bin $(DESTDIR)/usr/share/banyan $(DESTDIR)/etc/banyan $(DESTDIR)/lib/systemd/system
	install -m 755 $(PROGRAMS) $(DESTDIR)/usr/bin/
	rm -rf $(DESTDIR)/usr/share/banyan/web
	cp -r build/web $(DESTDIR)/usr/share/banyan/web
	rm -f $(DESTDIR)/usr/share/banyan/web/.done
	rm -rf $(DESTDIR)/usr/share/banyan/coturn
	cp -r configs/coturn $(DESTDIR)/usr/share/banyan/coturn
	install -d $(DESTDIR)/etc/banyan/holidays
	install -m 644 configs/holidays/*.txt $(DESTDIR)/etc/banyan/holidays/
	[ -e $(DESTDIR)/etc/banyan/limitations.txt ] || install -m 644 configs/limitations.txt $(DESTDIR)/etc/banyan/
	[ -e $(DESTDIR)/etc/banyan/banyan.yaml ] || install -m 644 configs/banyan.yaml $(DESTDIR)/etc/banyan/
	install -m 644 configs/banyan.service $(DESTDIR)/lib/systemd/system/

deb: all ## a Debian package in build/
	rm -rf build/deb
	$(MAKE) --no-print-directory install DESTDIR=build/deb
	install -d build/deb/DEBIAN
	sed 's/@VERSION@/$(VERSION)/; s/@ARCH@/$(ARCH)/' configs/debian/control.in > build/deb/DEBIAN/control
	install -m 755 configs/debian/postinst configs/debian/prerm build/deb/DEBIAN/
	install -m 644 configs/debian/conffiles build/deb/DEBIAN/
	dpkg-deb --root-owner-group --build build/deb $(DEB)
